export function spector(text: string): { readonly X: number[][]; readonly y: number[] };
