/** Nothing was laid, or what was is taken away again. */
export class RedirectFailure extends Error {
  constructor(what: string, reasons: readonly string[]) {
    const text = reasons.join("\n");
    const hint = /permission denied|not permitted|must be root/i.test(text) ? "\nit takes the user root with the capabilities NET_ADMIN and NET_RAW" : "";
    super(`${what}: connections cannot be redirected: ${text}${hint}`);
    this.name = "RedirectFailure";
  }
}
