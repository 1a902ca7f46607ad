import { documentedCommands } from './aws-commands.ts';

const commands = documentedCommands();
const placesOf = (is: (command: string) => boolean): string[] =>
  commands.map(({ place }) => place).filter((place) => is(place));

/** With `--output text` the AWS CLI asks its query of each page by itself, so that an element by number is one of each page. */
test('no command takes an element by number out of a list that comes in pages', () => {
  expect(commands.length).toBeGreaterThan(20);
  expect(placesOf((command) => /--query .*\[\d+\].*--output text/.test(command))).toEqual([]);
});

/** The AWS CLI waits a minute for an answer and then asks again, which would run the function once more beside the first time. */
test('functions that may run for longer than a minute are called asynchronously', () => {
  const called = placesOf((command) => / lambda invoke /.test(command));
  expect(called.length).toBeGreaterThan(0);
  expect(called.filter((command) => !command.includes('--invocation-type Event'))).toEqual([]);
});
