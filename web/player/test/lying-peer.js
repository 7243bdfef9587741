/*
 * Makes a page of the real player lie to its peers. Not part of the bundle: a test adds it to one browser context with
 * Playwright's addInitScript, together with `globalThis.spillwayLie = "flip"` or `"stall-half"` (in any order: it is
 * read at each message, and may be changed while the page runs; anything else means honest).
 *
 *   flip        every chunk of a segment is sent with wrong bytes
 *   stall-half  wrong bytes for the first half of each segment, then nothing more, not even that it is complete
 *
 * It sits on RTCDataChannel.send and knows p2p-media-loader's messages: a command is framed by "cstr" … "cend" and its
 * first byte is its kind (2: data follows, with its size under "s"; 3: sending is complete); what is not framed is a
 * chunk of a segment. A liar also reads playlists far more often than others do: so it knows of each segment first, takes its turns
 * at the edge in time, and has what the others want. `globalThis.spillwayLies` counts the chunks tampered with and the messages swallowed.
 */
(() => {
  const SEGMENT_DATA = 2;
  const SENDING_COMPLETED = 3;
  const MARK = [..."SPILLWAYLIES"].map((letter) => letter.charCodeAt(0));
  const lies = { flipped: 0, swallowed: 0 };
  globalThis.spillwayLies = lies;

  const later = globalThis.setTimeout;
  // Between two looks at a playlist hls.js waits for a segment's length, or half a target duration, or what it thinks is left of
  // one: any of them, left as it is, may lie just where segments come, each time.
  globalThis.setTimeout = (call, wait, ...given) =>
    later(call, wait > 250 && wait <= 4_000 ? 250 : wait, ...given);

  const send = RTCDataChannel.prototype.send;
  /** Per channel: bytes announced and sent of the segment under way. */
  const uploads = new WeakMap();

  RTCDataChannel.prototype.send = function (message) {
    const mode = globalThis.spillwayLie;
    const bytes = bytesOf(message);
    if (bytes === undefined || (mode !== "flip" && mode !== "stall-half")) return send.call(this, message);

    const command = commandOf(bytes);
    if (command !== undefined) {
      if (command.kind === SEGMENT_DATA) uploads.set(this, { size: command.size, sent: 0 });
      if (command.kind === SENDING_COMPLETED && mode === "stall-half") {
        lies.swallowed++;
        return undefined;
      }
      return send.call(this, message);
    }

    const upload = uploads.get(this) ?? { size: bytes.length, sent: 0 };
    const start = upload.sent;
    upload.sent += bytes.length;
    if (mode === "flip") return send.call(this, flipped(bytes));

    const left = Math.ceil(upload.size / 2) - start;
    if (left > 0) return send.call(this, flipped(bytes.subarray(0, left)));
    lies.swallowed++;
    return undefined;
  };

  function flipped(bytes) {
    lies.flipped++;
    const copy = bytes.slice();
    // In the middle of each packet: the stream stays a stream, only its content is wrong. The same mark everywhere, so
    // that whoever looks at what is decoded finds it.
    for (let i = 100; i + MARK.length <= copy.length; i += 188) copy.set(MARK, i);
    if (copy.length < 100 + MARK.length && copy.length > 0) copy[0] ^= 0x55;
    return copy;
  }

  function bytesOf(message) {
    if (message instanceof ArrayBuffer) return new Uint8Array(message);
    if (ArrayBuffer.isView(message)) {
      return new Uint8Array(message.buffer, message.byteOffset, message.byteLength);
    }
    return undefined;
  }

  function commandOf(bytes) {
    const at = (index) => String.fromCharCode(...bytes.subarray(index, index + 4));
    if (!["cstr", "dstr"].includes(at(0)) || !["cend", "dend"].includes(at(bytes.length - 4)))
      return undefined;
    const kind = bytes[4];
    let size = 0;
    // Fields: a name of one character, a byte of type (high half, 0: integer) and length (low half), the integer.
    for (let i = 5; kind === SEGMENT_DATA && i < bytes.length - 4; ) {
      const name = String.fromCharCode(bytes[i]);
      const length = bytes[i + 1] & 0x0f;
      if (name === "s") for (let j = 0; j < length; j++) size = size * 256 + bytes[i + 2 + j];
      i += 2 + length;
    }
    return { kind, size };
  }
})();
