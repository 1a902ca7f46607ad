import { stripVTControlCharacters, styleText } from 'node:util';
import type { WaveCounts } from '../../simulator/report/wave-counts.ts';
import { legend, waveBar, waveWords } from './wave-bar.ts';

const plain = (_: string, text: string) => text;
const NONE: WaveCounts = {
  ...{ upgraded: 0, notWhole: 0, failed: 0, blocked: 0, excluded: 0, quarantined: 0 },
  ...{ running: 0, parked: 0, pending: 0 },
};
const bar = (counts: Partial<WaveCounts>, width = 8) => waveBar({ ...NONE, ...counts }, width, plain);

test('each cluster has its place in the bar, and only what was upgraded looks upgraded', () => {
  expect(bar({ upgraded: 1, failed: 1, blocked: 1, excluded: 1 })).toBe('██××!!--');
  expect(bar({ blocked: 4 })).toBe('!!!!!!!!');
  expect(bar({ notWhole: 1, running: 1, parked: 1, pending: 1 })).toBe('▓▓>>==··');
});

test('one cluster of many still shows, and a bar is as long as it should be', () => {
  const many = bar({ upgraded: 997, failed: 1, excluded: 1, quarantined: 1 });
  expect(many).toBe('█████×-?');
  for (const upgraded of [1, 2, 3, 5, 7]) expect(bar({ upgraded, failed: 1, pending: 3 }, 24)).toHaveLength(24);
  expect(bar({})).toBe('');
});

test('no two parts look alike, with colour or without, and the legend names every one', () => {
  const every = Object.fromEntries(Object.keys(NONE).map((kind) => [kind, 1])) as unknown as WaveCounts;
  const fills = [...waveBar(every, 9, plain)];
  expect(new Set(fills).size).toBe(9);
  expect(
    legend([every], plain)
      .split('  ')
      .map((one) => one[0]),
  ).toEqual(fills);
  expect(legend([{ ...NONE, failed: 1 }, NONE], plain)).toBe('×\u00a0failed');
  const coloured = waveBar(every, 9, (style, text) => styleText(style, text, { validateStream: false }));
  expect(stripVTControlCharacters(coloured)).toBe(fills.join(''));
  const main = (['upgraded', 'failed', 'blocked', 'excluded'] as const).map((kind) =>
    waveBar({ ...NONE, [kind]: 1 }, 1, (style) => style),
  );
  expect(new Set(main).size).toBe(4);
});

test('the words count each member once', () => {
  expect(waveWords({ ...NONE, upgraded: 2, notWhole: 1, failed: 1, pending: 3 })).toBe(
    '2 of 7 upgraded, 1 not whole, 1 failed, 3 to come',
  );
});
