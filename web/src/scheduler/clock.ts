/**
 * The server's clock, by the `Date` of its answers. It counts by the page's time, not by the viewer's clock: that may be an
 * hour wrong, or be set meanwhile.
 */
export class ServerClock {
  #earliest = -Infinity // milliseconds from the page's time to the server's
  #latest = Infinity

  /** Of an answer, with the page's time when it was asked for and when it came. A `Date` has whole seconds, cut off. */
  saw(date: string | null, sent: number, came: number): void {
    const at = Date.parse(date ?? '')
    if (Number.isNaN(at)) return
    const [earliest, latest] = [at - came, at + 1000 - sent]
    const contradicts = earliest > this.#latest || latest < this.#earliest // the page slept, or the server's clock was set
    this.#earliest = contradicts ? earliest : Math.max(this.#earliest, earliest)
    this.#latest = contradicts ? latest : Math.min(this.#latest, latest)
  }

  now(): Date {
    if (this.#latest === Infinity) return new Date()
    return new Date(performance.now() + (this.#earliest + this.#latest) / 2)
  }

  /** Whole seconds until then, none once it is past. */
  secondsTo(then: Date): number {
    return Math.max(0, Math.floor((then.getTime() - this.now().getTime()) / 1000))
  }
}
