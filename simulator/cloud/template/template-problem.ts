/** What stops the local cloud before it runs: the template says something that AWS would refuse or that is not understood here. */
export class TemplateProblem extends Error {
  override readonly name = 'TemplateProblem';

  constructor(stack: string, logicalId: string, message: string) {
    super(`${stack}/${logicalId}: ${message}`);
  }
}
