import { withIdInCommands, withoutOwnExplanation } from './cluster-key.ts';

const named = { name: 'web', id: '111111111111.eu-central-1.web' };

test.each([
  ['Run: liftlock explain cluster web', 'Run: liftlock explain cluster 111111111111.eu-central-1.web'],
  ['liftlock retry cluster web. Then', 'liftlock retry cluster 111111111111.eu-central-1.web. Then'],
  [
    'liftlock drain nodegroup old --cluster web --approve',
    'liftlock drain nodegroup old --cluster 111111111111.eu-central-1.web --approve',
  ],
  [
    'liftlock access manifest web --tier operate',
    'liftlock access manifest 111111111111.eu-central-1.web --tier operate',
  ],
  ['liftlock explain cluster web-2', undefined],
  ['liftlock explain cluster 111111111111.eu-central-1.web', undefined],
  ['The cluster web is held.', undefined],
])('%s', (text, expected = text) => {
  expect(withIdInCommands(text, named)).toBe(expected);
});

test.each([
  ['It goes back. Where that stands: liftlock explain cluster web', 'It goes back.'],
  ['It ended. Look; what goes on says: liftlock explain cluster 111111111111.eu-central-1.web.', 'It ended.'],
  ['It goes back. Where that stands: liftlock explain cluster web-2', undefined],
  ['Release it. Who goes on with it then says: liftlock explain cluster web', undefined],
  ['Where that stands: liftlock explain cluster web', undefined],
])('the explanation of web says of "%s" only what leads further', (text, expected = text) => {
  expect(withoutOwnExplanation(text, named)).toBe(expected);
});
