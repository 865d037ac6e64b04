package dev.espalier.kernel.maven;

import dev.espalier.engine.EspalierException;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.maven.settings.Mirror;
import org.apache.maven.settings.Profile;
import org.apache.maven.settings.Proxy;
import org.apache.maven.settings.Repository;
import org.apache.maven.settings.Server;
import org.apache.maven.settings.Settings;
import org.apache.maven.settings.building.DefaultSettingsBuilderFactory;
import org.apache.maven.settings.building.DefaultSettingsBuildingRequest;
import org.apache.maven.settings.building.SettingsBuildingException;
import org.eclipse.aether.DefaultRepositorySystemSession;
import org.eclipse.aether.repository.Authentication;
import org.eclipse.aether.repository.AuthenticationSelector;
import org.eclipse.aether.util.repository.AuthenticationBuilder;
import org.eclipse.aether.util.repository.DefaultAuthenticationSelector;
import org.eclipse.aether.util.repository.DefaultMirrorSelector;
import org.eclipse.aether.util.repository.DefaultProxySelector;

/** What the user's {@code settings.xml} says: mirrors, proxies, passwords, the local repository. */
final class MavenSettings {
  private final Settings settings;

  private MavenSettings(Settings settings) {
    this.settings = settings;
  }

  /** Where Maven looks for it. */
  static Path standardPlace() {
    return Path.of(System.getProperty("user.home"), ".m2", "settings.xml");
  }

  /**
   * Reads the settings, and those of the installation that {@code MAVEN_HOME} names.
   *
   * @throws EspalierException when they cannot be read
   */
  static MavenSettings read(Path user) {
    DefaultSettingsBuildingRequest request = new DefaultSettingsBuildingRequest();
    request.setUserSettingsFile(user.toFile());
    String home = System.getenv("MAVEN_HOME");
    if (home != null && !home.isEmpty()) {
      request.setGlobalSettingsFile(new File(home, "conf/settings.xml"));
    }
    Properties known = new Properties();
    known.putAll(System.getProperties());
    System.getenv().forEach((name, value) -> known.setProperty("env." + name, value));
    request.setSystemProperties(known);
    try {
      return new MavenSettings(
          new DefaultSettingsBuilderFactory().newInstance().build(request).getEffectiveSettings());
    } catch (SettingsBuildingException e) {
      throw EspalierException.program(
          "Maven's settings cannot be read",
          user.toString(),
          e.getProblems().isEmpty()
              ? String.valueOf(e.getMessage())
              : e.getProblems().get(0).getMessage(),
          "",
          e);
    }
  }

  boolean offline() {
    return settings.isOffline();
  }

  /** Where libraries are kept. */
  Path localRepository() {
    String given = System.getProperty("maven.repo.local", settings.getLocalRepository());
    return given == null || given.isBlank()
        ? Path.of(System.getProperty("user.home"), ".m2", "repository")
        : Path.of(given);
  }

  /** The repositories of the profiles that are active. */
  List<Place> places() {
    List<Place> places = new ArrayList<>();
    for (Profile profile : settings.getProfiles()) {
      boolean active =
          settings.getActiveProfiles().contains(profile.getId())
              || (profile.getActivation() != null && profile.getActivation().isActiveByDefault());
      if (active) {
        for (Repository repository : profile.getRepositories()) {
          places.add(new Place(repository.getId(), repository.getUrl()));
        }
      }
    }
    return places;
  }

  /** Makes a session go through the mirrors and proxies. */
  void apply(DefaultRepositorySystemSession session) {
    DefaultMirrorSelector mirrors = new DefaultMirrorSelector();
    for (Mirror mirror : settings.getMirrors()) {
      mirrors.add(
          mirror.getId(),
          mirror.getUrl(),
          mirror.getLayout(),
          false,
          mirror.isBlocked(),
          mirror.getMirrorOf(),
          mirror.getMirrorOfLayouts());
    }
    // As Maven itself does: what comes unencrypted may be anything.
    mirrors.add(
        "unencrypted", "http://0.0.0.0/", "default", false, true, "external:http:*", "default");
    session.setMirrorSelector(mirrors);
    DefaultProxySelector proxies = new DefaultProxySelector();
    for (Proxy proxy : settings.getProxies()) {
      if (proxy.isActive()) {
        proxies.add(
            new org.eclipse.aether.repository.Proxy(
                proxy.getProtocol(),
                proxy.getHost(),
                proxy.getPort(),
                authentication(proxy.getUsername(), proxy.getPassword())),
            proxy.getNonProxyHosts());
      }
    }
    session.setProxySelector(proxies);
    session.setAuthenticationSelector(authentications());
  }

  private AuthenticationSelector authentications() {
    DefaultAuthenticationSelector selector = new DefaultAuthenticationSelector();
    for (Server server : settings.getServers()) {
      selector.add(server.getId(), authentication(server.getUsername(), server.getPassword()));
    }
    return selector;
  }

  private static Authentication authentication(String user, String password) {
    if (user == null || user.isEmpty()) {
      return null;
    }
    return new AuthenticationBuilder()
        .addUsername(user)
        .addPassword(password == null ? "" : password)
        .build();
  }

  /** Names of servers whose passwords are encrypted, which cannot be undone here. */
  List<String> encrypted() {
    return settings.getServers().stream()
        .filter(s -> s.getPassword() != null && s.getPassword().matches("\\{.+\\}"))
        .map(Server::getId)
        .toList();
  }
}
