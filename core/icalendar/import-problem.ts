/** What is wrong with an iCalendar file, in a sentence. */
export class ImportProblem extends Error {
  override readonly name = 'ImportProblem';
}
