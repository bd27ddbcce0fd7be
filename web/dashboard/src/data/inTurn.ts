/**
 * InTurn runs the work of one key in order, and that of different keys concurrently: a mark and its undo have to
 * arrive in their order.
 */
export class InTurn {
  #last = new Map<string, Promise<unknown>>();

  /** do runs work once all earlier work with the same key has ended, even if it failed. */
  do<T>(key: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.#last.get(key) ?? Promise.resolve()).catch(() => undefined).then(work);
    this.#last.set(key, mine);
    const forget = () => {
      if (this.#last.get(key) === mine) this.#last.delete(key);
    };
    mine.then(forget, forget);
    return mine;
  }

  /** busy reports whether any work with this key has not ended. */
  busy(key: string): boolean {
    return this.#last.has(key);
  }
}
