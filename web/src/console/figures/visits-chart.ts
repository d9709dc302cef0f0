import { css, html, LitElement, unsafeCSS } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import uPlot from 'uplot'
import sheet from 'uplot/dist/uPlot.min.css?inline'

const HEIGHT = 240 // pixels

/** One bar: what it stands for, and how many were booked and came. */
export interface Bar {
  name: string
  booked: number
  attended: number
}

/** Bars of the visits that were booked, and before them of those that took place. A picture: its label and a table say the same. */
@customElement('visits-chart')
export class VisitsChart extends LitElement {
  static override styles = [
    unsafeCSS(sheet),
    css`
      :host {
        display: block;
        min-block-size: ${HEIGHT}px;
        direction: ltr;
      }
    `,
  ]
  @property({ attribute: false }) bars: readonly Bar[] = []
  @property() label = ''
  #chart: uPlot | undefined
  readonly #resized = new ResizeObserver(() => this.#chart?.setSize({ width: this.clientWidth, height: HEIGHT }))
  readonly #themed = matchMedia('(prefers-color-scheme: dark)')
  #colours = () => this.#draw()

  override connectedCallback() {
    super.connectedCallback()
    this.#resized.observe(this)
    this.#themed.addEventListener('change', this.#colours)
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    this.#resized.disconnect()
    this.#themed.removeEventListener('change', this.#colours)
    this.#chart?.destroy()
    this.#chart = undefined
  }

  override render() {
    return html`<div id="chart" role="img" aria-label=${this.label}></div>`
  }

  override updated() {
    this.#draw()
  }

  #draw(): void {
    this.#chart?.destroy()
    const colour = this.#colour
    const bars = uPlot.paths.bars!({ size: [0.7, 40] })
    const axis = { stroke: colour('--faint'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } }
    const series = (fill: string) => ({ fill, width: 0, paths: bars, points: { show: false } })
    this.#chart = new uPlot(
      {
        width: this.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false, range: (_, from, to) => [from - 0.6, to + 0.6] },
          y: { range: (_, __, most) => [0, Math.max(4, most)] },
        },
        axes: [
          { ...axis, grid: { show: false }, values: (_, splits) => splits.map((one) => this.bars[one]?.name ?? '') },
          { ...axis, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] },
        ],
        series: [{}, series(colour('--edge')), series(colour('--accent'))],
      },
      [this.bars.map((_, index) => index), this.bars.map(({ booked }) => booked), this.bars.map(({ attended }) => attended)],
      this.renderRoot.querySelector<HTMLElement>('#chart')!,
    )
  }

  /** A token as a colour that a canvas takes: it does not know `light-dark()`. */
  #colour = (token: string): string => {
    const probe = this.renderRoot.querySelector<HTMLElement>('#chart')!
    probe.style.color = `var(${token})`
    const found = getComputedStyle(probe).color
    probe.style.color = ''
    return found
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'visits-chart': VisitsChart
  }
}
