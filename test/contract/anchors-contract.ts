import type { AnchorStore } from '../../core/ports/anchors.ts';

/** What every store of anchors keeps. */
export function anchorsContract(name: string, open: () => Promise<AnchorStore>): void {
  describe(`${name} keeps anchors`, () => {
    test('the newest is the one with the highest number, and none is 0', async () => {
      const store = await open();
      expect(await store.newest()).toBe(0);
      for (const number of [1, 2, 10, 9]) expect(await store.put(number, `text ${number}`)).toBe(true);
      expect(await store.newest()).toBe(10);
    });

    test('what was put is read as it was, and what was not is undefined', async () => {
      const store = await open();
      const text = '{"a":"é — \\u0000"}\n{"b":1}\n';
      await store.put(1, text);
      expect(await store.read(1)).toBe(text);
      expect(await store.read(2)).toBeUndefined();
    });

    test('a number is given once, also to two that ask at the same moment', async () => {
      const store = await open();
      const got = await Promise.all(['a', 'b', 'c'].map((text) => store.put(1, text)));
      expect(got.filter(Boolean)).toHaveLength(1);
      const kept = await store.read(1);
      expect(await store.put(1, 'd')).toBe(false);
      expect(await store.read(1)).toBe(kept);
    });
  });
}
