/** A clock that only moves when told, with its timers. */
export class FakeClock {
  constructor(now = 1_795_300_000_000) {
    this.time = now;
    this.waiting = new Map();
    this.last = 0;
    this.now = () => this.time;
    this.timers = {
      setTimeout: (work, ms, ...args) => {
        this.waiting.set((this.last += 1), { at: this.time + ms, run: () => work(...args) });
        return this.last;
      },
      clearTimeout: (id) => this.waiting.delete(id),
    };
  }

  /** Moves on, running what falls due on the way. */
  async pass(ms) {
    const end = this.time + ms;
    for (;;) {
      const due = [...this.waiting].filter(([, t]) => t.at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (!due) break;
      this.waiting.delete(due[0]);
      this.time = Math.max(this.time, due[1].at);
      due[1].run();
      await settle();
    }
    this.time = end;
    await settle();
  }
}

/** Lets promises that are ready run. */
export const settle = () => new Promise((resolve) => setImmediate(resolve));
