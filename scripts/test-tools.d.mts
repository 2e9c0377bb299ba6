export interface TestTool {
  readonly program: string;
  readonly packages: readonly string[];
}

export const TEST_TOOLS: readonly TestTool[];
export function missingTools(): readonly TestTool[];
export function isThere(program: string): boolean;
