/**
 * InTurn does what belongs to one key one after the other, and different keys side by side: a mark and its
 * undo have to arrive in their order.
 */
export class InTurn {
  #last = new Map<string, Promise<unknown>>();

  /** do begins once everything before it with the same key has ended, however it ended. */
  do<T>(key: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.#last.get(key) ?? Promise.resolve()).catch(() => undefined).then(work);
    this.#last.set(key, mine);
    const forget = () => {
      if (this.#last.get(key) === mine) this.#last.delete(key);
    };
    mine.then(forget, forget);
    return mine;
  }

  /** busy reports whether anything with this key has not ended. */
  busy(key: string): boolean {
    return this.#last.has(key);
  }
}
