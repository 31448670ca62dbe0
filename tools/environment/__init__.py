"""The project's environment in .venv: Python packages, Java, Spark's jars and the class-data archive.

Standard library only: this package runs under the machine's own Python, before .venv exists.
The set-up (tools/setup.py) and the doctor (tools/doctor.py) share it.
"""
