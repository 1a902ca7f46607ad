/** Stops the local cloud before it runs: AWS would refuse a part of the template, or it is not modelled. */
export class TemplateProblem extends Error {
  override readonly name = 'TemplateProblem';

  constructor(stack: string, logicalId: string, message: string) {
    super(`${stack}/${logicalId}: ${message}`);
  }
}
