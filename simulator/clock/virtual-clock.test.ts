import { VirtualClock } from './virtual-clock.ts';

const start = new Date('2026-01-01T00:00:00.000Z');
const offset = (milliseconds: number): Date => new Date(start.getTime() + milliseconds);

describe('a virtual clock', () => {
  it('runs callbacks by instant, and callbacks of one instant in the order they were scheduled', async () => {
    const clock = new VirtualClock({ start });
    const ran: string[] = [];
    for (const [name, delay] of [
      ['c', 500],
      ['a', 100],
      ['d', 500],
      ['b', 100],
    ] as const) {
      clock.schedule(offset(delay), () => void ran.push(`${name}@${clock.now().getTime() - start.getTime()}`));
    }
    await clock.runUntilIdle();
    expect(ran).toEqual(['a@100', 'b@100', 'c@500', 'd@500']);
  });

  it('runs what is due up to a date and shows that date afterwards', async () => {
    const clock = new VirtualClock({ start });
    const ran: number[] = [];
    clock.schedule(offset(1_000), () => void ran.push(1));
    clock.schedule(offset(1_001), () => void ran.push(2));
    await clock.runUntil(offset(1_000));
    expect(ran).toEqual([1]);
    expect(clock.now()).toEqual(offset(1_000));
  });

  it('skips a cancelled callback', async () => {
    const clock = new VirtualClock({ start });
    const ran: string[] = [];
    const cancel = clock.schedule(offset(10), () => void ran.push('cancelled'));
    clock.schedule(offset(20), () => void ran.push('kept'));
    cancel();
    await clock.runUntilIdle();
    expect(ran).toEqual(['kept']);
  });

  it('does not jump while work is in flight', async () => {
    const clock = new VirtualClock({ start });
    const seen: number[] = [];
    clock.schedule(offset(60_000), () => void seen.push(clock.now().getTime()));
    const work = clock.track(
      new Promise<void>((resolve) => setTimeout(resolve, 20)).then(() => void seen.push(clock.now().getTime())),
    );
    await clock.runUntilIdle();
    await work;
    expect(seen).toEqual([start.getTime(), offset(60_000).getTime()]);
  });

  it('jumps while the work in flight sleeps on the clock itself, and holds again when it wakes', async () => {
    const clock = new VirtualClock({ start });
    const seen: string[] = [];
    clock.schedule(offset(7_000), () => void seen.push('later'));
    void clock.track(async () => {
      await clock.sleep(5_000);
      await new Promise((resolve) => setTimeout(resolve, 10));
      seen.push(`awake@${clock.now().getTime() - start.getTime()}`);
    });
    await clock.runUntilIdle();
    expect(seen).toEqual(['awake@5000', 'later']);
  });

  it('is not stopped by parked work that never ends', async () => {
    const clock = new VirtualClock({ start });
    const ran: string[] = [];
    void clock.track(() => clock.park(new Promise<void>(() => {})));
    clock.schedule(offset(5), () => void ran.push('ran'));
    await clock.runUntilIdle();
    expect(ran).toEqual(['ran']);
  });

  it('passes the error of a callback on', async () => {
    const clock = new VirtualClock({ start });
    clock.schedule(offset(5), () => Promise.reject(new Error('broken callback')));
    await expect(clock.runUntilIdle()).rejects.toThrow('broken callback');
  });

  it('lets a callback sleep on the clock that runs it', async () => {
    const clock = new VirtualClock({ start });
    const seen: number[] = [];
    clock.schedule(offset(5), async () => {
      await clock.sleep(10);
      seen.push(clock.now().getTime() - start.getTime());
    });
    await clock.runUntilIdle();
    expect(seen).toEqual([15]);
  });

  it('takes real time in proportion to its speed', async () => {
    const clock = new VirtualClock({ start, speed: 1_000 });
    const seen: string[] = [];
    // Real timers fire in the order of their times, however busy the machine is.
    setTimeout(() => seen.push('20 real milliseconds'), 20);
    clock.schedule(offset(50_000), () => {
      seen.push('50 simulated seconds');
    });
    await clock.runUntilIdle();
    expect(seen).toEqual(['20 real milliseconds', '50 simulated seconds']);
    expect(clock.now()).toEqual(offset(50_000));
  });

  it('at a speed, shows instants between events and runs what is scheduled while it waits', async () => {
    const clock = new VirtualClock({ start, speed: 1_000 });
    const stop = new AbortController();
    const seen: number[] = [];
    setTimeout(() => {
      const scheduledAt = clock.now().getTime();
      seen.push(scheduledAt - start.getTime());
      clock.schedule(new Date(scheduledAt + 10_000), () => {
        seen.push(clock.now().getTime() - start.getTime());
        stop.abort();
      });
    }, 20);
    await clock.runUntil(new Date('9999-01-01T00:00:00.000Z'), stop.signal);
    const [scheduledAt = 0, ranAt = 0] = seen;
    expect(scheduledAt).toBeGreaterThan(10_000);
    expect(ranAt - scheduledAt).toBe(10_000);
    expect(clock.now().getTime() - start.getTime()).toBe(ranAt);
  });
});
