/** A patch that cannot be applied. 400: it is no patch. 422: it does not fit the object. */
export class PatchFault extends Error {
  readonly code: 400 | 422;

  constructor(code: 400 | 422, message: string) {
    super(message);
    this.code = code;
  }
}
