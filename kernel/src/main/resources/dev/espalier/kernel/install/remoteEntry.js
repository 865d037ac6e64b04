// For JupyterLab 4 and Notebook 7 (CodeMirror 6): a federated extension that needs no build.
(() => {
@MODE@
  let shared;
  const load = async (name) => (await Object.values(shared[name])[0].get())();
  const plugin = async () => {
    const codemirror = await load("@jupyterlab/codemirror");
    const language = await load("@codemirror/language");
    return {
      id: "@NAME@:plugin",
      description: "Colours Espalier.",
      autoStart: true,
      requires: [codemirror.IEditorLanguageRegistry],
      activate: (app, languages) => {
        languages.addLanguage({
          name: "espalier",
          displayName: "Espalier",
          mime: "text/x-espalier",
          extensions: ["esp"],
          support: new language.LanguageSupport(language.StreamLanguage.define(mode)),
        });
      },
    };
  };
  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["@NAME@"] = {
    init: (scope) => { shared = scope; },
    get: async () => {
      const found = await plugin();
      return () => ({ __esModule: true, default: found });
    },
  };
})();
