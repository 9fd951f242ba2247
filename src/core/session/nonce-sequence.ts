/** Nonces that may be in use before we give up telling them apart one by one. */
const maxInUse = 16;

/**
 * The nonces of one type on one stream. A nonce is the version that its response leads to, so that clients in the same state are sent
 * the same bytes; where a request of the client may still carry that nonce, a suffix tells them apart.
 *
 * A client's requests carry the nonce of a response that it has received, never of one before the last that it has answered (streams keep
 * their order). So what may still come are the nonces of the last answered response and of those sent since, and any other may be used
 * again. Of a client that answers nothing we do not remember ever more of them: they get a new mark instead, which none before has.
 */
export class NonceSequence {
  /** In the order of their responses. */
  #inUse: string[] = [];
  /** How often the list was full. */
  #mark = 0;

  /** A nonce for a response of this version; never empty. */
  next(version: string): string {
    if (this.#inUse.length === maxInUse) {
      this.#inUse = [];
      this.#mark++;
    }
    const base = (version === "" ? "empty" : version) + (this.#mark === 0 ? "" : `#${String(this.#mark)}`);
    let nonce = base;
    for (let i = 1; this.#inUse.includes(nonce); i++) {
      nonce = `${base}.${String(i)}`;
    }
    this.#inUse.push(nonce);
    return nonce;
  }

  /** The client has received the response of this nonce, whatever it thinks of it. Nonces that are not ours are ignored. */
  answered(nonce: string): void {
    const at = this.#inUse.indexOf(nonce);
    if (at > 0) {
      this.#inUse.splice(0, at);
    }
    if (at >= 0 && this.#inUse.length === 1) {
      this.#mark = 0;
    }
  }
}
