import { runInProcess } from '../../test/material/cli/run-in-process.ts';

test('a Scenario beside config is left out, and it is said what takes it', async () => {
  const { code, err } = await runInProcess(['validate', '-f', 'examples/fleet']);
  expect(code).toBe(0);
  expect(err).toContain('scenario.yaml: left out, a Scenario is for what runs on this machine');
  expect(err).toMatch(/\(liftlock start, liftlock local up\)/);
});
