/** Reads times of one log; most are of the same second as the one before, and only looked at from there on. */
export interface TimeReader {
  /** Milliseconds since 1970; NaN where the text is no time. */
  read(text: string): number;
}

const secondLength = "2026-01-02T03:04:05".length;

const usualLength = "2026-01-02T03:04:05.678Z".length;

export function createTimeReader(): TimeReader {
  let second = "";
  let secondMs = Number.NaN;
  const read = (text: string): number => {
    // Envoy's own form, a million times over.
    if (text.length === usualLength && text.startsWith(second) && second !== "") return secondMs + Number(text.slice(secondLength + 1, usualLength - 1));
    const fraction = /^(?:\.(\d{1,9}))?Z?$/.exec(text.slice(secondLength));
    if (fraction === null || text.length < secondLength) return otherTime(text);
    const wanted = text.slice(0, secondLength);
    if (wanted !== second) {
      second = wanted;
      secondMs = Date.parse(`${wanted.replace(" ", "T")}Z`);
    }
    return secondMs + (fraction[1] === undefined ? 0 : Number(`0.${fraction[1]}`) * 1000);
  };
  return { read };
}

/** With an offset, or as seconds since 1970. */
function otherTime(text: string): number {
  if (/^\d{9,11}(\.\d+)?$/.test(text)) return Number(text) * 1000;
  if (/^\d{12,14}$/.test(text)) return Number(text);
  return Date.parse(text);
}
