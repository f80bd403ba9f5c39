/** Colours by what they are for. */
interface Palette {
  readonly paper: string;
  readonly ink: string;
  readonly faint: string;
  readonly line: string;
  readonly grad: string;
  readonly cluster: string;
  readonly fills: Readonly<Record<string, string>>;
  readonly accent: string;
}

const light: Palette = {
  paper: "#ffffff",
  ink: "#1b1f24",
  faint: "#57606a",
  line: "#6e7781",
  grad: "#a8401a",
  cluster: "#8c95a033",
  accent: "#0969da",
  fills: {
    input: "#d3e9ff",
    param: "#d9f2dc",
    constant: "#eceff2",
    operation: "#ffffff",
    call: "#f0e4fb",
    loop: "#fdeecb",
    branch: "#fdeecb",
    definitions: "#f0e4fb",
  },
};

const dark: Palette = {
  paper: "#12161c",
  ink: "#e8ecf1",
  faint: "#a4adb8",
  line: "#8b949e",
  grad: "#ffab85",
  cluster: "#8b949e33",
  accent: "#6cb2ff",
  fills: {
    input: "#173a5e",
    param: "#1c4427",
    constant: "#2b3138",
    operation: "#1b2027",
    call: "#3a2756",
    loop: "#4a3a12",
    branch: "#4a3a12",
    definitions: "#3a2756",
  },
};

const variables = ({ fills, ...colors }: Palette): string =>
  [
    ...Object.entries(colors).map(([name, color]) => `--${name}:${color}`),
    ...Object.entries(fills).map(([kind, color]) => `--fill-${kind}:${color}`),
  ].join(";");

/** The colours of light and of dark screens, and how the parts of a picture look. `root` selects where they hold. */
export const pictureStyle = (root: string): string => `${root}{${variables(light)}}
@media (prefers-color-scheme:dark){${root}{${variables(dark)}}}
.paper{fill:var(--paper)}
text{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:13px;fill:var(--ink)}
.title{font-size:15px}
.name{font-weight:bold}
.note,.legend text,.caption{fill:var(--faint)}
.grad{fill:var(--grad)}
.shape{stroke:var(--line);stroke-width:1.2}
${Object.keys(light.fills)
  .map((kind) => `.${kind} .shape{fill:var(--fill-${kind})}`)
  .join("\n")}
.constant .shape{stroke-dasharray:4 3}
.call .shape,.definitions .shape{stroke-width:1.2}
.output .shape{stroke:var(--ink);stroke-width:2.6}
.cluster rect{fill:var(--cluster);stroke:var(--line);stroke-dasharray:2 3}
.edge path{fill:none;stroke:var(--line);stroke-width:1.3}
.edge .tip{fill:var(--line);stroke:none}
.carry path{stroke-dasharray:5 4}
.cluster-label{fill:var(--faint)}
.cluster-label,.contribution{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}`;
