/** The issues that EKS reports for a cluster, node group or add-on, one text each: `code: message`. */
export const issueTexts = (
  health:
    | {
        readonly issues?:
          | readonly { readonly code?: string | undefined; readonly message?: string | undefined }[]
          | undefined;
      }
    | undefined,
): string[] => (health?.issues ?? []).map(({ code, message }) => `${code ?? 'issue'}: ${message ?? ''}`);
