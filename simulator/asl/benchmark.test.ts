import { measureTransitions } from './benchmark.ts';

describe('the benchmark', () => {
  it('shows the speed a fleet needs, even on a busy machine', async () => {
    const { transitionsPerSecond } = await measureTransitions(4, 300);
    expect(transitionsPerSecond).toBeGreaterThan(2_000);
  });
});
