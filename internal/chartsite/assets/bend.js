export function bend() {}
