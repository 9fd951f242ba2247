/** Nothing was laid, or what was is taken away again. */
export class RedirectFailure extends Error {
  constructor(what: string, reasons: readonly string[]) {
    const text = reasons.join("\n");
    const hints = [
      /permission denied|not permitted|must be root/i.test(text) ? "\nit takes the user root with the capabilities NET_ADMIN and NET_RAW" : "",
      what === "ip6tables" ? "\nwith --ip-family-mode=ipv4, IPv6 is left alone: connections of that family then pass the sidecar by" : "",
    ];
    super(`${what}: connections cannot be redirected: ${text}${hints.join("")}`);
    this.name = "RedirectFailure";
  }
}
