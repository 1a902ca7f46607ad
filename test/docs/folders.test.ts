import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const readmes = ['asl', 'eks', 'iam', 'wire'].map((name) => `simulator/${name}`);

test.each(readmes)('the README of %s names each of its folders, and none that is not there', (folder) => {
  const text = readFileSync(`${root}${folder}/README.md`, 'utf8');
  const named = [...text.matchAll(/^\| `([\w-]+)\/`/gm)].map(([, name]) => name);
  expect(named.filter((name) => !existsSync(`${root}${folder}/${name}`))).toEqual([]);
  const there = readdirSync(`${root}${folder}`, { withFileTypes: true }).filter((one) => one.isDirectory());
  expect(there.map(({ name }) => name).filter((name) => !text.includes(`\`${name}/\``))).toEqual([]);
});

test.each(['kubernetes/server', 'wire'])('each file that the README of simulator/%s names is there', (folder) => {
  const text = readFileSync(`${root}simulator/${folder}/README.md`, 'utf8');
  const named = [...text.matchAll(/`([\w./-]+\.ts)`/g)].map(([, name = '']) => name);
  const places = [`${root}simulator/${folder}`, root];
  expect(named.filter((name) => !places.some((place) => existsSync(`${place}/${name}`)))).toEqual([]);
});

test('bench/README.md names each measurement, and none that is not there', () => {
  const text = readFileSync(`${root}bench/README.md`, 'utf8');
  const named = [...text.matchAll(/^\| `([\w-]+)`/gm)].map(([, name]) => `${name}.ts`);
  expect(named.toSorted()).toEqual(readdirSync(`${root}bench/measure`).toSorted());
});
