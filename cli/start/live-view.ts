import { styleText } from 'node:util';
import { visibleAround } from '../../core/model/visible.ts';
import { unsettledIn } from '../../core/rollout/wave-end.ts';
import { Members, Upgrades, Waves } from '../../core/store/entities.ts';
import { loadKind, ofKind } from '../../core/store/entity.ts';
import type { PublishedEvent } from '../../simulator/process/in-memory-bus.ts';
import type { LocalRun } from './local-run.ts';
import { lineOf } from './plain-lines.ts';

/** Each picture reads the table, which takes time from what is watched. */
const REDRAW_MILLISECONDS = 400;
const RECENT = 6;
const BAR = 24;

/** Waves, clusters in flight and the last things that happened, redrawn in place on a terminal. */
export class LiveView {
  readonly #run: LocalRun;
  readonly #out: NodeJS.WriteStream;
  readonly #recent: string[] = [];
  #lines = 0;
  #isDrawing = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(run: LocalRun, out: NodeJS.WriteStream) {
    this.#run = run;
    this.#out = out;
  }

  begin(): void {
    this.#run.onEvent = (published) => this.#note(published);
    this.#timer = setInterval(() => void this.#drawOnce(), REDRAW_MILLISECONDS);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#erase();
  }

  #note({ at, event }: PublishedEvent): void {
    const text = event.type === 'StepChanged' ? undefined : lineOf(event);
    if (text === undefined) return;
    this.#recent.push(`${at.toISOString().slice(11, 16)}  ${text}`);
    if (this.#recent.length > RECENT) this.#recent.shift();
  }

  /** Not while the picture before is still being read for. */
  async #drawOnce(): Promise<void> {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    try {
      await this.#draw();
    } finally {
      this.#isDrawing = false;
    }
  }

  async #draw(): Promise<void> {
    const { table, clock } = this.#run;
    const waves = await loadKind(table, Waves);
    const active = await table.queryActive();
    const running = ofKind(active, Members).filter(({ status }) => status === 'Running' || status === 'Parked');
    const upgrades = ofKind(active, Upgrades);
    const lines = [styleText('bold', clock.now().toISOString().slice(0, 16).replace('T', ' ')), ''];
    for (const wave of waves) {
      const settled = wave.members - unsettledIn(wave);
      const done = wave.members === 0 ? BAR : Math.round((settled / wave.members) * BAR);
      lines.push(
        `${wave.rolloutId.slice(0, 22).padEnd(22)} ${wave.name.padEnd(10)} ${'█'.repeat(done)}${'░'.repeat(BAR - done)} ${settled}/${wave.members} ${wave.status}`,
      );
    }
    lines.push('');
    for (const member of running) {
      const upgrade = upgrades.find((one) => one.clusterKey === member.clusterKey && one.id === member.upgradeId);
      const steps = Object.entries(upgrade?.steps ?? {}).filter(([, state]) => state.status === 'running');
      lines.push(
        `  ${member.name.padEnd(20)} ${(upgrade === undefined ? '' : `${upgrade.from} → ${upgrade.to}`).padEnd(12)} ${steps.map(([name]) => name).join(', ') || member.status}`,
      );
    }
    lines.push('', ...this.#recent.map((line) => styleText('gray', line)));
    this.#erase();
    const width = this.#out.columns ?? 120;
    this.#out.write(`${lines.map((line) => clip(visibleAround(line), width)).join('\n')}\n`);
    this.#lines = lines.length;
  }

  #erase(): void {
    if (this.#lines > 0) this.#out.write(`\u001b[${this.#lines}A\u001b[0J`);
    this.#lines = 0;
  }
}

/** Cut to the terminal, so that one line stays one line; colour codes take no room. */
function clip(line: string, width: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with one
  const plain = line.replaceAll(/\u001b\[\d+m/g, '');
  return plain.length <= width ? line : `${plain.slice(0, width - 1)}…`;
}
