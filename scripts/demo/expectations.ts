import type { Screen } from "./screen.ts";

/** What was seen, and whether that is what had to be. */
export interface Finding {
  readonly held: boolean;
  /** What was read, and where. */
  readonly evidence: string;
}

/** The numbered expectations of the story. */
export class Expectations {
  readonly #screen: Screen;
  readonly #failed: string[] = [];
  #count = 0;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  get count(): number {
    return this.#count;
  }

  /** Those that did not hold, with their numbers. */
  get failed(): readonly string[] {
    return this.#failed;
  }

  /** Looks, and writes down what was found. An error while looking is a failure with the error as evidence. */
  async expect(what: string, look: () => Finding | Promise<Finding>): Promise<boolean> {
    this.#count += 1;
    const number = String(this.#count).padStart(2);
    const { held, evidence } = await found(look);
    if (!held) this.#failed.push(`${number.trim()}. ${what}`);
    this.#screen.line(`${number} ${held ? this.#screen.good("PASS") : this.#screen.bad("FAIL")}  ${what}`);
    this.#screen.line(this.#screen.faint(`         ${evidence}`));
    return held;
  }
}

async function found(look: () => Finding | Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : "";
    return { held: false, evidence: `${error instanceof Error ? error.message : String(error)}${cause}` };
  }
}
