/** One response as a client received it. */
export interface Recorded {
  readonly proxy: number;
  /** 0: part of the first configuration; 1: of the first change. */
  readonly phase: number;
  readonly bytes: Buffer;
}

/** A recording is a file of: proxy, phase, length (little-endian uint32 each), then the bytes of the response; in the order received. */
export function* encodeRecording(recorded: readonly Recorded[]): Iterable<Buffer> {
  for (const { proxy, phase, bytes } of recorded) {
    const head = Buffer.alloc(12);
    head.writeUInt32LE(proxy, 0);
    head.writeUInt32LE(phase, 4);
    head.writeUInt32LE(bytes.length, 8);
    yield head;
    yield bytes;
  }
}

export function decodeRecording(file: Buffer): Recorded[] {
  const recorded: Recorded[] = [];
  for (let at = 0; at < file.length; ) {
    const end = at + 12 + file.readUInt32LE(at + 8);
    recorded.push({ proxy: file.readUInt32LE(at), phase: file.readUInt32LE(at + 4), bytes: file.subarray(at + 12, end) });
    at = end;
  }
  return recorded;
}
