// Colours cells: Espalier, and Java where the first line says %%java. A tokenizer as CodeMirror 5
// knows it, and CodeMirror 6 as a stream language.
const mode = (() => {
  const set = (words) => new Set(words.split(" "));
  const verbs = set("@VERBS@");
  const joints = set("@JOINTS@");
  const others = set("@OTHERS@");
  const naming = set("data let model recipe target");
  const java = set(
    "abstract assert boolean break byte case catch char class const continue default do double " +
    "else enum extends final finally float for goto if implements import instanceof int interface " +
    "long native new package private protected public record return sealed short static strictfp " +
    "super switch synchronized this throw throws transient try var void volatile while yield");
  const until = (stream, mark, state) => {
    while (!stream.eol()) {
      if (stream.match(mark)) {
        state.text = "";
        return;
      }
      if (stream.next() === "\\") {
        stream.next();
      }
    }
  };
  const text = (stream, state) => {
    if (stream.match('"""')) {
      state.text = '"""';
      until(stream, '"""', state);
      return "string";
    }
    const quote = stream.next();
    while (!stream.eol()) {
      const c = stream.next();
      if (c === quote) {
        break;
      }
      if (c === "\\") {
        stream.next();
      }
    }
    return "string";
  };
  const espalier = (stream, state) => {
    const begins = state.begins;
    if (stream.match(/^#.*/)) {
      return "comment";
    }
    if (stream.peek() === '"') {
      state.begins = false;
      return text(stream, state);
    }
    if (stream.match(/^\$[A-Za-z_]\w*(-\w+)*/)) {
      state.begins = false;
      return "variable-2";
    }
    if (stream.match(/^\d[\d_]*(\.\d+)?([eE][+-]?\d+)?%?/)) {
      state.begins = false;
      return "number";
    }
    if (stream.match(/^at[ \t]+(least|most)(?![\w-])/) || stream.match(/^[<>]=/)) {
      state.begins = false;
      return "operator";
    }
    const word = stream.match(/^[A-Za-z_]\w*(-\w+)*/);
    if (word) {
      const named = state.named;
      state.named = word[0] === "as" || (begins && naming.has(word[0]));
      state.begins = word[0] === "then";
      // What each step does stands out; the words between are quieter.
      if (word[0] === "then") {
        return "keyword";
      }
      if (joints.has(word[0])) {
        return "builtin";
      }
      if (named) {
        return "def";
      }
      if (begins && verbs.has(word[0])) {
        return "keyword";
      }
      if (word[0] === "yes" || word[0] === "no") {
        return "atom";
      }
      if (others.has(word[0])) {
        return "builtin";
      }
      return stream.peek() === "(" ? "variable-3" : "variable";
    }
    const sign = stream.next();
    state.begins = sign === ";" || sign === "{";
    state.named = false;
    return null;
  };
  const javaToken = (stream, state) => {
    if (state.comment || stream.match("/*")) {
      state.comment = true;
      while (!stream.eol()) {
        if (stream.match("*/")) {
          state.comment = false;
          break;
        }
        stream.next();
      }
      return "comment";
    }
    if (stream.match(/^\/\/.*/)) {
      return "comment";
    }
    if (stream.peek() === '"' || stream.peek() === "'") {
      return text(stream, state);
    }
    if (stream.match(/^@\w+/)) {
      return "meta";
    }
    if (stream.match(/^(0[xX][\da-fA-F_]+|0[bB][01_]+|\d[\d_]*(\.[\d_]+)?([eE][+-]?\d+)?)[lLfFdD]?/)) {
      return "number";
    }
    const word = stream.match(/^[A-Za-z_$][\w$]*/);
    if (word) {
      if (java.has(word[0])) {
        return "keyword";
      }
      if (/^(true|false|null)$/.test(word[0])) {
        return "atom";
      }
      return /^[A-Z]/.test(word[0]) ? "variable-3" : "variable";
    }
    stream.next();
    return null;
  };
  return {
    name: "espalier",
    startState: () => ({
      first: true, java: false, text: "", comment: false, begins: true, named: false,
    }),
    copyState: (state) => ({ ...state }),
    token: (stream, state) => {
      if (stream.sol()) {
        if (state.first && stream.match(/^\s*%%java\s*$/)) {
          state.first = false;
          state.java = true;
          return "meta";
        }
        state.begins = true;
        state.named = false;
      }
      if (state.text) {
        until(stream, state.text, state);
        return "string";
      }
      if (stream.eatSpace()) {
        return null;
      }
      state.first = false;
      return state.java ? javaToken(stream, state) : espalier(stream, state);
    },
    lineComment: "#",
    languageData: { commentTokens: { line: "#" } },
  };
})();
