/**
 * A response on its way out. Of what a serializer gives it, grpc-js asks the size, and to be copied behind the header of a frame: what one
 * client alone gets is written there at once, and is never anywhere else. What many get is a Buffer.
 */
export type ResponseBytes = Pick<Buffer, "byteLength" | "copy">;
