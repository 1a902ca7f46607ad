import { budget, type ScanFolder, scan, scanFolder } from '../../test/material/cli/scan-folder.ts';

let folder: ScanFolder;
beforeAll(() => {
  folder = scanFolder({ 'a.yaml': budget('a', 'policy/v1'), 'text.json': 'no report' });
});
afterAll(() => folder.remove());

const refused = async (...argv: readonly string[]): Promise<string> => {
  const { code, out, err } = await scan(...argv);
  expect([code, out]).toEqual([2, '']);
  return err;
};

test('without anything to scan, and without a target, both are said in words', async () => {
  const err = await refused();
  expect(err).toContain('say what to scan: --manifests FILE, FOLDER or -');
  expect(err).toContain('--target is missing: say the version to go to, e.g. --target 1.36.');
});

test('without a target of manifests', async () => {
  expect(await refused('--manifests', folder.path)).toBe(
    'liftlock: --target is missing: say the version to go to, e.g. --target 1.36.\n',
  );
});

test.each([
  [['--target', 'latest'], '--target latest is no Kubernetes version. Write it as 1.36.'],
  [['--target', ''], '--target "" is no Kubernetes version'],
  [['--target', '1.36,x', '36'], '--target 36 is no Kubernetes version'],
  [['--target', '1.36', '--hops'], '--hops needs to know where it begins'],
  [['--target', '1.36', '--hops', '--from', '1.36'], '--hops leads from 1.36 to 1.36'],
  [['--target', '1.36', '--hops', '--from', '?'], '--from ? is no Kubernetes version'],
  [['--target', '1.36', '--from', '1.33'], '--from is where --hops begins'],
  [['--target', '1.36', '--skip', 'manifest'], '--skip manifest leaves nothing to scan'],
  [['--target', '1.36', '--skip', 'everything'], '"everything" is none of manifest, object'],
  [['--target', '1.36', '--fail-on', 'warnings'], 'Allowed choices are removed, deprecated, none'],
  [['--target', '1.36', '--kubeconfig', 'x'], '--manifests and --kubeconfig are two scans'],
  [['--target', '1.36', '-o', 'xml'], 'Allowed choices are table, json, yaml, markdown, sarif, junit'],
  [['--target', '1.36', '--requests-per-second', '0'], 'It is a number above 0'],
])('%j is refused in words', async (argv, message) => {
  expect(await refused('--manifests', folder.path, ...argv)).toContain(message);
});

test('files that are not there, or not what they should be, are named', async () => {
  const [gone, text] = [folder.of('gone.json'), folder.of('text.json')];
  expect(await refused('--manifests', gone, '--target', '1.36')).toBe(
    `liftlock: there is no file or folder ${gone}.\n`,
  );
  const target = ['--manifests', folder.path, '--target', '1.36'];
  expect(await refused(...target, '--baseline', gone)).toContain(
    `the baseline ${gone} cannot be read: there is no such file`,
  );
  expect(await refused(...target, '--baseline', text)).toContain(`${text} is not JSON`);
  expect(await refused(...target, '--waivers', gone)).toContain(`there is no file ${gone}`);
});

test('waivers are wrong by file, line and column', async () => {
  folder.write({
    'w/w.yaml': 'apiVersion: liftlock/v1alpha1\nkind: ScanWaiver\nmetadata: {name: w}\nspec:\n  mtch: {}\n',
  });
  const err = await refused('--manifests', folder.of('a.yaml'), '--target', '1.36', '--waivers', folder.of('w'));
  expect(err).toContain(`${folder.of('w/w.yaml')}:5:3: error: spec.mtch`);
});

test('everything that is wrong is said at once', async () => {
  folder.write({
    'w/w.yaml': 'apiVersion: liftlock/v1alpha1\nkind: ScanWaiver\nmetadata: {name: w}\nspec:\n  mtch: {}\n',
  });
  const err = await refused(
    ...['--manifests', folder.of('one'), folder.of('two'), '--target', 'x', '--hops', '--from', 'y'],
    ...['--waivers', folder.of('w'), '--baseline', folder.of('three')],
  );
  for (const part of ['--target x', '--from y', folder.of('one'), folder.of('two'), 'w.yaml:5:3', folder.of('three')])
    expect(err).toContain(part);
});
