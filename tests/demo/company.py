#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Make up a company: its list of employees, its papers, and some candidates.

    company.py --day YYYY-MM-DD FOLDER

Nobody in it exists. The same day gives the same bytes; every date hangs on the
day, so that the same people's papers are over whenever it is run. FOLDER gets

    people.csv        48 employees, columns as in an export of BambooHR
    papers.tsv        number, class, day, event=day or -, title, file
    papers/           what papers.tsv names
    resumes/*.json    three candidates, as JSON Resume
    resumes.tsv       file, name, day on which their application was decided

By that day the retention schedule for the United Kingdom makes due: the
personnel files, contracts and other general papers of those whom LEFT dates
more than six years back, payslips of more than four tax years ago, and the
application of the first candidate. No more than 25 records in all.
"""

import argparse
import csv
import datetime
import json
import os

# Given and family names.
PEOPLE = [
    ("Łucja", "Ødegård"), ("Síle", "O'Brannigan"), ("王", "小明"),
    ("Zoë", "Fennimore"), ("Ιωάννα", "Παπαδοπούλου"), ("Torvald", "Quist"),
    ("Дарья", "Соколова"), ("Nguyễn", "Thị Hạnh"), ("Ottoline", "Marsh"),
    ("محمد", "الحسيني"), ("Anaïs", "d'Aubigné"), ("김", "서연"),
    ("Þórdís", "Jónsdóttir"), ("Owen", "Pryce"), ("आरती", "शर्मा"),
    ("José", "Núñez de la Peña"), ("Grace", "Adeyemi-Clark"),
    ("佐藤", "さくら"), ("Çağla", "Yıldız"), ("Małgorzata", "Wiśniewska"),
    ("נועה", "בן דוד"), ("Ishbel", "MacAskill"), ("ນາງ", "ສຸພາພອນ"),
    ("Chukwuemeka", "Okonkwo"), ("Björn", "Åkesson"), ("சங்கீதா", "ராஜன்"),
    ("Owen", "Pryce"), ("Florența", "Țurcanu"), ("ნინო", "ბერიძე"),
    ("Ngaire", "Te Awhina"), ("Jürgen", "Groß"), ("አበበ", "ገብረ"),
    ("Saoirse", "Ní Dhomhnaill"), ("สมชาย", "ใจดี"), ("Dvořák", "Věra"),
    ("Արամ", "Պետրոսյան"), ("Siti", "Nurhaliza"), ("Beatrix", "van 't Hoff"),
    ("Žydrūnė", "Kazlauskienė"), ("Marama", "Kōwhai"), ("Олексій", "Гончар"),
    ("Ġorġ", "Żammit"), ("Kwame", "Asante-Öztürk"), ("Elin", "Ap Rhys"),
    ("Ayşe", "Demir"), ("Tomáš", "Říha"), ("Fatoumata", "N'Diaye"),
    ("Hanna", "Mäkelä"),
]
JOBS = [
    ("Kiln operator", "Production"), ("Glaze chemist", "Laboratory"),
    ("Bookkeeper", "Finance"), ("Potter", "Production"),
    ("Packer", "Warehouse"), ("Systems keeper", "IT"),
    ("Sales clerk", "Sales"), ("Driver", "Warehouse"),
]

# Who left, by position in PEOPLE: years and days before the day.
LEFT = {
    1: (6, 40), 4: (6, 3), 8: (7, 21), 13: (6, 200), 16: (8, 5), 21: (6, 90),
    2: (2, 60), 11: (1, 14), 23: (3, 130), 30: (0, 45), 37: (5, 300),
    42: (5, 305),
}
CANDIDATES = [
    ("Rosalind Achterberg", "rosalind@example.org", 400),
    ("Søren Nakamura", "soren@example.org", 90),
    ("Ayodele Ó Briain", "ayodele@example.org", 20),
]


def back(day, years=0, days=0):
    """The day so many years and days earlier; 29 February becomes the 28th."""
    try:
        there = day.replace(year=day.year - years)
    except ValueError:
        there = day.replace(year=day.year - years, day=28)
    return there - datetime.timedelta(days=days)


def number(i):
    return "E-%d" % (1001 + i)


def full_name(i):
    return " ".join(PEOPLE[i])


def write_people(path, day):
    with open(path, "w", encoding="utf-8", newline="") as f:
        out = csv.writer(f)
        out.writerow(["Employee #", "First Name", "Last Name", "Birth Date",
                      "Hire Date", "Termination Date", "Work Email",
                      "Mobile Phone", "Job Title", "Department", "Pay rate",
                      "Location"])
        for i, (given, family) in enumerate(PEOPLE):
            born = back(day, 30 + i * 7 % 31, i * 53 % 360)
            hired = back(day, 9 + i % 5, i * 31 % 360)
            ended = ""
            if i in LEFT:
                ended = back(day, *LEFT[i]).isoformat()
            job, department = JOBS[i % len(JOBS)]
            out.writerow([number(i), given, family, born, hired, ended,
                          "%s@kiln.example" % number(i).lower(),
                          "+44 1632 960%03d" % i, job, department,
                          "%d.00 GBP" % (21000 + i * 613 % 19000),
                          "Stoke, \"Old Works\""])


def payslip(i, paid):
    gross = 1800 + i * 37 % 900
    return ("Kiln & Daughters Ltd\nPayslip, paid on %s\n\n%s  %s\n"
            "Gross %8.2f GBP\nTax   %8.2f GBP\nNet   %8.2f GBP\n"
            % (paid, number(i), full_name(i), gross, gross * .16, gross * .84))


def papers(day):
    """All papers: position in PEOPLE, class, day, event, title, text."""
    for i in sorted(LEFT):
        name, hired = full_name(i), back(day, 9 + i % 5, i * 31 % 360)
        yield (i, "contract", hired, "-", "Contract of employment",
               "Contract between Kiln & Daughters Ltd and %s,\n"
               "from %s, for an indefinite time.\n" % (name, hired))
    last = back(day, 0, 31)
    for i in (0, 3, 5, 6, 7, 9, 10, 12, 14, 15):
        yield (i, "payslip", last, "pay_date=%s" % last, "Payslip",
               payslip(i, last))
    # Their tax year ended more than three years ago.
    for i in (0, 6, 16):
        old = back(day, 5 if i != 16 else 8, 80)
        yield (i, "payslip", old, "pay_date=%s" % old, "Payslip",
               payslip(i, old))
    when = back(day, 1, 12)
    yield (0, "medical", when, "-", "Fit note",
           "Fit for work with adjustments: no lifting above 10 kg\n"
           "until %s.\n" % back(day, 0, 250))
    yield (0, "appraisal", when, "-", "Appraisal",
           "Careful with people, careless with paper.\n")
    yield (0, "reference_given", when, "-", "Reference for a landlord",
           "We have known Łucja Ødegård for many years as reliable.\n")
    yield (5, "warning", back(day, 0, 100),
           "issued=%s" % back(day, 0, 100), "First written warning",
           "Left the kiln unattended. Spent after twelve months.\n")
    yield (16, "appraisal", back(day, 9, 0), "-", "Appraisal",
           "Ready for the post of foreman.\n")
    yield (17, "accident_book", back(day, 0, 70),
           "last_entry=%s" % back(day, 0, 70), "Burnt hand",
           "Burnt left hand at kiln 2; first aid given.\n")


def write_papers(folder, day):
    os.makedirs(os.path.join(folder, "papers"), exist_ok=True)
    with open(os.path.join(folder, "papers.tsv"), "w",
              encoding="utf-8") as list_:
        for n, (i, class_, dated, event, title, text) in enumerate(papers(day)):
            name = "papers/%03d-%s.txt" % (n + 1, class_)
            with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
                f.write(text)
            list_.write("\t".join([number(i), class_, dated.isoformat(),
                                   event, title, name]) + "\n")


def write_resumes(folder, day):
    os.makedirs(os.path.join(folder, "resumes"), exist_ok=True)
    with open(os.path.join(folder, "resumes.tsv"), "w",
              encoding="utf-8") as list_:
        for name, email, closed in CANDIDATES:
            resume = {
                "basics": {"name": name, "label": "Potter", "email": email,
                           "location": {"city": "Burslem",
                                        "countryCode": "GB"}},
                "work": [{"name": "A pottery that never was",
                          "position": "Thrower", "startDate": "2016-04-01"}],
                "education": [{"institution": "Evening school of ceramics",
                               "studyType": "Certificate"}],
                "languages": [{"language": "English", "fluency": "fluent"}],
            }
            path = "resumes/%s.json" % email.split("@")[0]
            with open(os.path.join(folder, path), "w", encoding="utf-8") as f:
                json.dump(resume, f, ensure_ascii=False, indent=1)
                f.write("\n")
            list_.write("\t".join([path, name, back(day, 0, closed)
                                   .isoformat()]) + "\n")


def main():
    parser = argparse.ArgumentParser(description="Make up a company.")
    parser.add_argument("--day", required=True,
                        type=datetime.date.fromisoformat)
    parser.add_argument("folder")
    args = parser.parse_args()
    os.makedirs(args.folder, exist_ok=True)
    write_people(os.path.join(args.folder, "people.csv"), args.day)
    write_papers(args.folder, args.day)
    write_resumes(args.folder, args.day)


if __name__ == "__main__":
    main()
