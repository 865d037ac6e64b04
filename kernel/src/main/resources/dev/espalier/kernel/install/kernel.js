// For the classic notebook (CodeMirror 5).
define(["codemirror/lib/codemirror"], function (CodeMirror) {
@MODE@
  return {
    onload: function () {
      CodeMirror.defineMode("espalier", function () { return mode; });
      CodeMirror.defineMIME("text/x-espalier", "espalier");
    },
  };
});
