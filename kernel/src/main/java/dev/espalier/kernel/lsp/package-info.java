/**
 * The language server: mistakes, completion and the like for editors, over the Language Server
 * Protocol. Only this package sees lsp4j; what there is to say is the language's own.
 *
 * <pre>
 * standard input → {@link dev.espalier.kernel.lsp.LanguageServer} (start, end, what it can do)
 *                → {@link dev.espalier.kernel.lsp.Documents} (open texts, questions about them)
 *                → {@link dev.espalier.kernel.lsp.Diagnosis} (checks a text a moment after a change)
 * </pre>
 */
package dev.espalier.kernel.lsp;
