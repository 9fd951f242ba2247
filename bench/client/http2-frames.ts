/**
 * As much of HTTP/2 (RFC 9113) as one gRPC call on one connection needs. The clients of a thousand proxies live in one process beside
 * the server under test; node:http2 would cost them more than the server spends.
 */
export const frameTypes = { data: 0, headers: 1, rstStream: 3, settings: 4, ping: 6, goAway: 7, windowUpdate: 8 } as const;

const endHeaders = 0x4;
const padded = 0x8;
const maxWindow = 0x7fffffff;
const maxFrame = 16_384;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly payload: Buffer;
}

/** Opens the connection with windows so large that they never need an update, as Envoy does, and sends the request's headers. */
export function encodeOpening(headers: ReadonlyMap<string, string>): Buffer {
  const initialWindow = Buffer.alloc(6);
  initialWindow.writeUInt16BE(0x4, 0);
  initialWindow.writeUInt32BE(maxWindow, 2);
  const connectionWindow = Buffer.alloc(4);
  connectionWindow.writeUInt32BE(maxWindow - 65_535, 0);
  return Buffer.concat([
    Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    encodeFrame(frameTypes.settings, 0, 0, initialWindow),
    encodeFrame(frameTypes.windowUpdate, 0, 0, connectionWindow),
    encodeFrame(frameTypes.headers, endHeaders, 1, encodeHeaders(headers)),
  ]);
}

/** One gRPC message in as many DATA frames as it needs. Requests are a few KiB and the server always reads, so its window is not counted. */
export function encodeMessage(message: Buffer): Buffer {
  const body = Buffer.allocUnsafe(5 + message.length);
  body.writeUInt8(0, 0);
  body.writeUInt32BE(message.length, 1);
  message.copy(body, 5);
  const frames: Buffer[] = [];
  for (let at = 0; at < body.length; at += maxFrame) frames.push(encodeFrame(frameTypes.data, 0, 1, body.subarray(at, at + maxFrame)));
  return frames.length === 1 && frames[0] !== undefined ? frames[0] : Buffer.concat(frames);
}

export function encodeFrame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(9 + payload.length);
  frame.writeUIntBE(payload.length, 0, 3);
  frame.writeUInt8(type, 3);
  frame.writeUInt8(flags, 4);
  frame.writeUInt32BE(stream, 5);
  payload.copy(frame, 9);
  return frame;
}

/** HPACK (RFC 7541) literals without indexing and without Huffman coding; every name and value is shorter than 127 bytes. */
function encodeHeaders(headers: ReadonlyMap<string, string>): Buffer {
  const parts = Array.from(headers, ([name, value]) =>
    Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)]),
  );
  return Buffer.concat(parts);
}

/** Cuts a byte stream into frames. The payloads point into the chunks wherever a frame lies in one chunk. */
export class FrameReader {
  private rest: Buffer | undefined;

  read(chunk: Buffer, onFrame: (frame: Frame) => void): void {
    const bytes = this.rest === undefined ? chunk : Buffer.concat([this.rest, chunk]);
    let at = 0;
    while (bytes.length - at >= 9) {
      const end = at + 9 + bytes.readUIntBE(at, 3);
      if (end > bytes.length) break;
      onFrame({ type: bytes.readUInt8(at + 3), flags: bytes.readUInt8(at + 4), payload: bytes.subarray(at + 9, end) });
      at = end;
    }
    this.rest = at === bytes.length ? undefined : bytes.subarray(at);
  }
}

/** The content of a DATA frame, without its padding. */
export function unpad({ flags, payload }: Frame): Buffer {
  return (flags & padded) === 0 ? payload : payload.subarray(1, payload.length - payload.readUInt8(0));
}

/** Puts gRPC messages together from the content of DATA frames. */
export class MessageReader {
  private parts: Buffer[] = [];
  private length = 0;
  private needed = 5;

  read(content: Buffer, onMessage: (message: Buffer) => void): void {
    this.parts.push(content);
    this.length += content.length;
    if (this.length < this.needed) return;
    const bytes = this.parts.length === 1 ? content : Buffer.concat(this.parts);
    let at = 0;
    this.needed = 5;
    while (bytes.length - at >= 5) {
      const size = bytes.readUInt32BE(at + 1);
      if (bytes.length - at < 5 + size) {
        this.needed = 5 + size;
        break;
      }
      onMessage(bytes.subarray(at + 5, at + 5 + size));
      at += 5 + size;
    }
    this.parts = at === bytes.length ? [] : [bytes.subarray(at)];
    this.length = bytes.length - at;
  }
}
