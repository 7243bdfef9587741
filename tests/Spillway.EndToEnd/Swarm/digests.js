// Added to an honest viewer before the page's own scripts: counts what is held against its hash, and how much of it carries a liar's mark.
(() => {
  const LIE = [..."SPILLWAYLIES"].map((letter) => letter.charCodeAt(0));
  const counted = { all: 0, marked: 0 };
  Object.defineProperty(globalThis, "spillwayDigests", { value: counted });
  const digest = SubtleCrypto.prototype.digest;
  SubtleCrypto.prototype.digest = function (algorithm, data) {
    const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    counted.all++;
    for (let at = bytes.indexOf(LIE[0]); at >= 0; at = bytes.indexOf(LIE[0], at + 1)) {
      if (!LIE.every((byte, index) => bytes[at + index] === byte)) continue;
      counted.marked++;
      break;
    }
    return digest.call(this, algorithm, data);
  };
})();
