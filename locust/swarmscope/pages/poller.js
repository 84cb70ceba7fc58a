// One poll at a time, each second; slower while the server is slow, away, or the page hidden.

const LONGEST_MS = 30000;

export class Poller {
  #task;
  #onTrouble;
  #started = false;
  #failures = 0;
  #timer = null;
  #running = false;
  #again = false;

  /** `task` returns the pause in ms that it wants before the next poll. */
  constructor(task, onTrouble) {
    this.#task = task;
    this.#onTrouble = onTrouble;
  }

  start() {
    this.#started = true;
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.kick();
    });
    this.kick();
  }

  /** Poll now, or right after the poll under way. */
  kick() {
    if (!this.#started) return;
    if (this.#running) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#poll();
  }

  async #poll() {
    this.#running = true;
    const began = performance.now();
    let pause;
    try {
      pause = await this.#task();
      this.#failures = 0;
      // The store often shares its machine with the load: leave it twice the time that it took.
      pause = Math.max(pause - (performance.now() - began), 2 * (performance.now() - began));
    } catch (error) {
      this.#failures += 1;
      pause = Math.min(LONGEST_MS, 1000 * 2 ** (this.#failures - 1));
      this.#onTrouble(error, pause);
    }
    this.#running = false;
    this.#schedule(pause);
  }

  #schedule(pause) {
    if (this.#again) {
      this.#again = false;
      pause = 0;
    } else if (document.hidden) {
      return; // the visibilitychange above goes on
    }
    this.#timer = setTimeout(() => this.#poll(), pause);
  }
}
