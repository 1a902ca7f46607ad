import { idOfKey } from '../../core/model/cluster-key.ts';
import { visibleAround, visibleLine } from '../../core/model/visible.ts';
import { apart } from '../../core/model/words.ts';
import { Upgrades, Waves } from '../../core/store/entities.ts';
import { loadKind, ofKind } from '../../core/store/entity.ts';
import type { PublishedEvent } from '../../simulator/process/in-memory-bus.ts';
import { loadAllMembers } from '../../simulator/process/load-all-members.ts';
import { countMembers } from '../../simulator/report/wave-counts.ts';
import type { Paint } from '../command/io.ts';
import { USUAL_WIDTH, wrapped } from '../output/print.ts';
import type { LocalRun } from './local-run.ts';
import { lineOf } from './plain-lines.ts';
import { BAR, legend, waveBar, waveWords } from './wave-bar.ts';

/** Each redraw reads the table, which takes time from the run. */
const REDRAW_MILLISECONDS = 400;
const RECENT = 6;
const ROWS = 50;
/** Indents the continuation of a line. */
const HANGING = '       ';

type Watched = Pick<LocalRun, 'table' | 'clock' | 'onEvent'>;
type Screen = Pick<NodeJS.WriteStream, 'write' | 'columns' | 'rows'>;

/** Shows waves, clusters in flight and the last events, redrawn in place on a terminal. */
export class LiveView {
  readonly #run: Watched;
  readonly #out: Screen;
  readonly #paint: Paint;
  readonly #recent: string[] = [];
  #lines = 0;
  #isDrawing = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(run: Watched, out: Screen, paint: Paint) {
    this.#run = run;
    this.#out = out;
    this.#paint = paint;
  }

  begin(): void {
    this.#run.onEvent = (published) => this.#note(published);
    this.#timer = setInterval(() => void this.draw(), REDRAW_MILLISECONDS);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#erase();
  }

  #note({ at, event }: PublishedEvent): void {
    const text = event.type === 'StepChanged' ? undefined : lineOf(event);
    if (text === undefined) return;
    this.#recent.push(visibleLine(`${at.toISOString().slice(11, 16)}  ${text}`));
    if (this.#recent.length > RECENT) this.#recent.shift();
  }

  /** Draws once, unless the previous drawing still reads. */
  async draw(): Promise<void> {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    try {
      this.#show(await this.#picture());
    } finally {
      this.#isDrawing = false;
    }
  }

  async #picture(): Promise<string[]> {
    const { table, clock } = this.#run;
    const [waves, members] = await Promise.all([loadKind(table, Waves), loadAllMembers(table)]);
    const nameOf = apart(
      members,
      ({ name }) => name,
      ({ clusterKey }) => idOfKey(clusterKey),
    );
    const running = members.filter(({ status }) => status === 'Running' || status === 'Parked');
    const upgrades = ofKind(await table.queryActive(), Upgrades);
    const lines = [this.#paint('bold', clock.now().toISOString().slice(0, 16).replace('T', ' ')), ''];
    const counted = waves.map((wave) => {
      const own = members.filter((one) => one.rolloutId === wave.rolloutId && one.waveIndex === wave.index);
      const counts = countMembers(own);
      const name = `${wave.rolloutId.slice(0, 22).padEnd(22)} ${wave.name.padEnd(10)}`;
      lines.push(`${name} ${waveBar(counts, BAR, this.#paint)} ${wave.status}: ${waveWords(counts)}`);
      return counts;
    });
    if (waves.length > 0) lines.push(legend(counted, this.#paint));
    lines.push('');
    for (const member of running) {
      const upgrade = upgrades.find((one) => one.clusterKey === member.clusterKey && one.id === member.upgradeId);
      const steps = Object.entries(upgrade?.steps ?? {}).filter(([, state]) => state.status === 'running');
      lines.push(
        `  ${nameOf(member).padEnd(20)} ${(upgrade === undefined ? '' : `${upgrade.from} → ${upgrade.to}`).padEnd(12)} ${steps.map(([name]) => name).join(', ') || member.status}`,
      );
    }
    lines.push('');
    return lines;
  }

  #show(lines: readonly string[]): void {
    const width = this.#out.columns ?? USUAL_WIDTH;
    const wrap = (text: string): string[] => wrapped(visibleAround(text), width, HANGING);
    const picture = lines.flatMap(wrap);
    const news = this.#recent.flatMap(wrap).map((line) => this.#paint('dim', line));
    // A text higher than the screen cannot be overwritten, so the oldest events are left out.
    const room = Math.max(0, (this.#out.rows ?? ROWS) - 1 - picture.length);
    picture.push(...news.slice(Math.max(0, news.length - room)));
    this.#erase();
    this.#out.write(`${picture.join('\n')}\n`);
    this.#lines = picture.length;
  }

  #erase(): void {
    if (this.#lines > 0) this.#out.write(`\u001b[${this.#lines}A\u001b[0J`);
    this.#lines = 0;
  }
}
