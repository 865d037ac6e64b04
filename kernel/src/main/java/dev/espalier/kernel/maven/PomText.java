package dev.espalier.kernel.maven;

import dev.espalier.engine.EspalierException;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.Text;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/**
 * A pom, or a part of one, that a user wrote, made whole. The XML is read without document types
 * and without anything from outside.
 *
 * @param text a whole pom
 * @param group its coordinates
 */
record PomText(String text, String group, String artifact, String version) {
  private static final int LONGEST = 1 << 20;

  /** What may stand alone; anything else in a project is left to Maven. */
  private static final Set<String> PARTS =
      Set.of("dependencies", "dependencyManagement", "repositories", "properties", "parent");

  /**
   * Reads it.
   *
   * @param where the cell or file, for messages
   * @param firstLine of the text there, from 1
   * @throws EspalierException when it is no XML, or no part of a pom
   */
  static PomText read(String given, String where, int firstLine) {
    if (given.length() > LONGEST) {
      throw EspalierException.program("this pom is larger than 1 MB", where, "", "");
    }
    String body = given.strip();
    int skipped = given.substring(0, given.indexOf(body)).split("\n", -1).length - 1;
    if (body.isEmpty()) {
      throw EspalierException.program(
          "the pom is empty",
          where,
          "",
          "write <dependency> elements, <dependencies>, <repositories> or a whole <project>");
    }
    int type = given.indexOf("<!DOCTYPE");
    if (type >= 0) {
      throw EspalierException.program(
          "a pom here has no document type",
          where + ", line " + (firstLine + given.substring(0, type).split("\n", -1).length - 1),
          "document types can name files and addresses to be read",
          "take <!DOCTYPE …> out");
    }
    int declaration = body.startsWith("<?xml") ? body.indexOf("?>") + 2 : 0;
    // In a wrapper, so that several elements may stand side by side.
    String wrapped = "<espalier>" + body.substring(Math.max(0, declaration)) + "</espalier>";
    Document document = parse(wrapped, where, firstLine + skipped);
    return made(document, where);
  }

  private static Document parse(String text, String where, int firstLine) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
      factory.setFeature("http://xml.org/sax/features/external-parameter-entities", false);
      factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_DTD, "");
      factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
      factory.setXIncludeAware(false);
      factory.setExpandEntityReferences(false);
      factory.setNamespaceAware(true);
      DocumentBuilder builder = factory.newDocumentBuilder();
      builder.setErrorHandler(new Thrown());
      return builder.parse(new InputSource(new StringReader(text)));
    } catch (SAXParseException e) {
      throw EspalierException.program(
          "this is no XML that can be read: " + e.getMessage(),
          where + ", line " + (firstLine + Math.max(0, e.getLineNumber() - 1)),
          "",
          "",
          e);
    } catch (SAXException | IOException | ParserConfigurationException e) {
      throw EspalierException.program("this is no XML that can be read: " + e, where, "", "", e);
    }
  }

  private static final class Thrown implements ErrorHandler {
    @Override
    public void warning(SAXParseException e) {}

    @Override
    public void error(SAXParseException e) throws SAXException {
      throw e;
    }

    @Override
    public void fatalError(SAXParseException e) throws SAXException {
      throw e;
    }
  }

  private static PomText made(Document document, String where) {
    for (Node n = document.getDocumentElement().getFirstChild();
        n != null;
        n = n.getNextSibling()) {
      if (n instanceof Text loose && !loose.getData().isBlank()) {
        throw EspalierException.program(
            "`" + Coordinate.shortened(loose.getData().strip()) + "` stands in no element",
            where,
            "a pom is XML",
            "write <dependency> elements, <dependencies>, <repositories> or a whole <project>");
      }
    }
    List<Element> given = elements(document.getDocumentElement());
    Element project;
    if (given.size() == 1 && given.get(0).getLocalName().equals("project")) {
      project = given.get(0);
    } else {
      project = document.createElementNS(null, "project");
      Element loose = null;
      for (Element element : given) {
        String name = element.getLocalName();
        if (name.equals("dependency") || name.equals("repository")) {
          String around = name.equals("dependency") ? "dependencies" : "repositories";
          loose = child(project, around);
          if (loose == null) {
            loose = document.createElementNS(null, around);
            project.appendChild(loose);
          }
          loose.appendChild(element);
        } else if (PARTS.contains(name)) {
          Element known = child(project, name);
          if (known == null) {
            project.appendChild(element);
          } else {
            elements(element).forEach(known::appendChild);
          }
        } else {
          throw EspalierException.program(
              "<" + Coordinate.shortened(name) + "> is no part of a pom that adds libraries",
              where,
              "",
              "write <dependency> elements, <dependencies>, <repositories> or a whole <project>");
        }
      }
    }
    repositoriesNamed(project);
    Element parent = child(project, "parent");
    if (parent != null) {
      // From repositories alone: a path would read files beside a temporary one.
      set(parent, "relativePath", "");
    }
    set(project, "modelVersion", "4.0.0");
    String group = own(project, parent, "groupId");
    String artifact = own(project, null, "artifactId");
    String version = own(project, parent, "version");
    return new PomText(written(document, project), group, artifact, version);
  }

  /** Maven wants a name for each repository. */
  private static void repositoriesNamed(Element project) {
    Element repositories = child(project, "repositories");
    if (repositories != null) {
      int n = 0;
      for (Element repository : elements(repositories)) {
        n++;
        if (child(repository, "id") == null) {
          set(repository, "id", "repository-" + n);
        }
      }
    }
  }

  private static String own(Element project, Element parent, String name) {
    for (Element from : new Element[] {project, parent}) {
      Element element = from == null ? null : child(from, name);
      if (element != null
          && element.getTextContent().strip().matches("[A-Za-z0-9_][A-Za-z0-9_.-]*")) {
        String value = element.getTextContent().strip();
        set(project, name, value);
        return value;
      }
    }
    String value = name.equals("version") ? "1" : "notebook";
    set(project, name, value);
    return value;
  }

  private static void set(Element in, String name, String value) {
    Element element = child(in, name);
    if (element == null) {
      element = in.getOwnerDocument().createElementNS(in.getNamespaceURI(), name);
      in.insertBefore(element, in.getFirstChild());
    }
    element.setTextContent(value);
  }

  private static Element child(Element of, String name) {
    return elements(of).stream()
        .filter(e -> e.getLocalName().equals(name))
        .findFirst()
        .orElse(null);
  }

  private static List<Element> elements(Element of) {
    List<Element> elements = new ArrayList<>();
    for (Node n = of.getFirstChild(); n != null; n = n.getNextSibling()) {
      if (n instanceof Element element) {
        elements.add(element);
      }
    }
    return elements;
  }

  private static String written(Document document, Element project) {
    try {
      TransformerFactory factory = TransformerFactory.newInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      Transformer transformer = factory.newTransformer();
      transformer.setOutputProperty(OutputKeys.ENCODING, "UTF-8");
      StringWriter out = new StringWriter();
      transformer.transform(new DOMSource(project), new StreamResult(out));
      return out.toString();
    } catch (TransformerException e) {
      throw new IllegalStateException(e);
    }
  }
}
