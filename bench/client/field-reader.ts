/**
 * Walks the fields of one protobuf message without decoding it. One reader is reused for many messages: the clients share the machine
 * with the server that they measure, so they allocate next to nothing.
 */
export class FieldReader {
  /** Number of the present field. */
  field = 0;
  /** Bounds of the present field's bytes, where it is length-delimited. */
  start = 0;
  end = 0;
  /** Value of the present field, where it is a varint. */
  value = 0;
  private bytes: Buffer = Buffer.alloc(0);
  private at = 0;
  private limit = 0;

  open(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes;
    this.at = start;
    this.limit = end;
  }

  /** Moves to the next field; false at the end of the message. */
  next(): boolean {
    if (this.at >= this.limit) return false;
    const tag = this.varint();
    this.field = tag >>> 3;
    this.start = this.at;
    switch (tag & 7) {
      case 0:
        this.value = this.varint();
        break;
      case 1:
        this.at += 8;
        break;
      case 2: {
        const length = this.varint();
        this.start = this.at;
        this.at += length;
        break;
      }
      case 5:
        this.at += 4;
        break;
      default:
        throw new Error(`wire type ${String(tag & 7)} at offset ${String(this.start)}`);
    }
    if (this.at > this.limit) throw new Error("a field ends after its message");
    this.end = this.at;
    return true;
  }

  /** The present field as text. Names of resources are ASCII, which is read fastest. */
  text(): string {
    return this.bytes.toString("latin1", this.start, this.end);
  }

  private varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.bytes[this.at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  }
}
