from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("inference", "0001_runs"),
    ]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("owner", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("started_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(db_index=True)),
                ("offer", models.CharField(blank=True, max_length=500)),
            ],
        ),
    ]
