import { controllers } from '../../core/scan/data/controllers.ts';
import { minorOf, newest } from './minors.ts';
import { scanFor } from './scan-for.ts';

const deployment = (image: string): string =>
  JSON.stringify({
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'thing' } },
    spec: { template: { spec: { containers: [{ name: 'main', image }] } } },
  });
/** What is said about a controller; rules about images are another matter. */
const unsupported = (target: number, image: string): string[] =>
  scanFor(`1.${target}`, deployment(image)).findings.flatMap(({ rule, reason, message }) =>
    rule === null && reason === 'unsupported' ? [message] : [],
  );

const lines = controllers.flatMap((row) =>
  row.releases.flatMap(({ release, min, max }) =>
    row.images.map((image) => ({ component: row.component, image, release, min, max })),
  ),
);
/** As makers write tags, from their own registry, from mirrors with folders and ports, and with a digest beside the tag. */
const imagesOf = (image: string, release: string): string[] => [
  `${image}:v${release}.0`,
  `quay.io/${image}:${release}.0`,
  `111122223333.dkr.ecr.eu-central-1.amazonaws.com/mirror/${image}:v${release}.0-eksbuild.2`,
  `registry.example:5000/a/b/${image}:v${release}.0@sha256:${'0'.repeat(64)}`,
];

describe.each(lines.map((line) => [`${line.component} ${line.release} of ${line.image}`, line] as const))(
  '%s',
  (_, { component, image, release, min, max }) => {
    const first = minorOf(min);
    const last = max === null ? newest : minorOf(max);

    test('is silent from its first to its last minor', () => {
      for (const name of imagesOf(image, release))
        for (const target of [first, last]) expect(unsupported(target, name)).toEqual([]);
    });

    test('is a warning below and above', () => {
      const outside = [...(first > 0 ? [first - 1] : []), ...(max === null ? [] : [last + 1])];
      for (const name of imagesOf(image, release))
        for (const target of outside)
          expect(unsupported(target, name)).toEqual([expect.stringMatching(new RegExp(`^${component} ${release}`))]);
    });

    test('is silent where no version is known, or the image is another one', () => {
      const unknown = [`${image}:latest`, `${image}:main-1a2b3c4`, image, `${image}@sha256:${'0'.repeat(64)}`];
      for (const name of [...unknown, `${image}-tools:v${release}.0`, `x${image}:v${release}.0`])
        for (const target of [0, first, last + 1, newest]) expect(unsupported(target, name)).toEqual([]);
    });
  },
);
