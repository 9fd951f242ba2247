import { connect, type Socket } from "node:net";
import { encodeFrame, encodeMessage, encodeOpening, type Frame, FrameReader, frameTypes, MessageReader, unpad } from "./http2-frames.ts";

const ack = 0x1;
const endStream = 0x1;

export interface GrpcStreamOptions {
  readonly host: string;
  readonly port: number;
  /** Path of the gRPC method. */
  readonly path: string;
  /** gRPC metadata. */
  readonly metadata: ReadonlyMap<string, string>;
  readonly onMessage: (message: Buffer) => void;
  /** The stream has ended, whoever ended it. */
  readonly onEnd: (reason: string) => void;
}

/** One bidirectional gRPC call on a connection of its own, plain text. */
export class GrpcStream {
  private readonly options: GrpcStreamOptions;
  private readonly socket: Socket;
  private readonly messages = new MessageReader();

  constructor(options: GrpcStreamOptions) {
    this.options = options;
    const frames = new FrameReader();
    const onFrame = (frame: Frame): void => {
      this.take(frame);
    };
    this.socket = connect({ host: options.host, port: options.port, noDelay: true });
    this.socket.on("data", (chunk: Buffer) => {
      frames.read(chunk, onFrame);
    });
    this.socket.on("error", (error) => {
      this.options.onEnd(error.message);
    });
    this.socket.on("close", () => {
      this.options.onEnd("connection closed");
    });
    this.socket.write(encodeOpening(requestHeaders(options)));
  }

  send(message: Buffer): void {
    this.socket.write(encodeMessage(message));
  }

  close(): void {
    this.socket.destroy();
  }

  private take(frame: Frame): void {
    switch (frame.type) {
      case frameTypes.data:
        this.messages.read(unpad(frame), this.options.onMessage);
        break;
      case frameTypes.headers:
        if ((frame.flags & endStream) !== 0) this.options.onEnd("trailers received");
        break;
      case frameTypes.settings:
      case frameTypes.ping:
        if ((frame.flags & ack) === 0) this.socket.write(encodeFrame(frame.type, ack, 0, frame.type === frameTypes.ping ? frame.payload : none));
        break;
      case frameTypes.rstStream:
      case frameTypes.goAway:
        this.options.onEnd(frame.type === frameTypes.goAway ? "GOAWAY received" : "stream reset");
        break;
    }
  }
}

const none = Buffer.alloc(0);

function requestHeaders({ host, port, path, metadata }: GrpcStreamOptions): Map<string, string> {
  return new Map([
    [":method", "POST"],
    [":scheme", "http"],
    [":path", path],
    [":authority", `${host}:${String(port)}`],
    ["content-type", "application/grpc"],
    ["te", "trailers"],
    ...metadata,
  ]);
}
