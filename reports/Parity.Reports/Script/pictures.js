/** Boxes below a score go, and float and target may share a picture on either side of a line. */
export const switchPictures = () => {
  for (const section of document.querySelectorAll("section.images")) {
    const divide = section.querySelector("[data-divide]");
    if (!divide) continue;
    const slider = section.querySelector("[data-least-score]");
    const shapes = [...section.querySelectorAll(".viewer [data-score]")];
    const least = () => {
      for (const shape of shapes) shape.classList.toggle("below", Number(shape.dataset.score) < Number(slider.value));
      section.querySelector("[data-least-score-value]").textContent = Number(slider.value).toFixed(2);
    };
    slider?.addEventListener("input", least);
    if (slider) least();

    const wipes = [...section.querySelectorAll("[data-wipe]")];
    divide.addEventListener("change", () => {
      section.classList.toggle("divided", divide.checked);
      for (const wipe of wipes) wipe.parentElement.hidden = !divide.checked;
      if (divide.checked) {
        for (const layer of ["reference", "target"]) section.querySelector(`[data-show=${layer}]`).checked = true;
      }
    });
    for (const wipe of wipes) {
      wipe.addEventListener("input", () => wipe.closest("article").style.setProperty("--wipe", `${wipe.value}%`));
    }
  }
};
