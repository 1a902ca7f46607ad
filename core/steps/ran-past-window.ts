/** The reason of a step that EKS went on with after its window had closed. */
export const RAN_PAST_WINDOW = 'RanPastWindow';
