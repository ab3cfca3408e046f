// The style, before there is anything to show.

{
  const style = document.createElement("style");
  style.textContent = new TextDecoder().decode(unpacked(septets("{style}"), {size}));
  document.head.append(style);
}
